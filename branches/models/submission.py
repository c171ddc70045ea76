"""Idempotency keys: the same form posted twice makes one record."""

from django.db import models

from branches.models.user import User


class Submission(models.Model):
    """One posted form of one person, and where its answer was sent."""

    key = models.UUIDField("键", primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, verbose_name="账号")
    url = models.CharField("结果地址", max_length=200, blank=True)
    on = models.DateField("日期", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "已提交表单"

    def __str__(self) -> str:
        return str(self.key)
